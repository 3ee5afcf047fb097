function e(r){try{return localStorage.getItem(r)}catch{return null}}var t=e("theme");(t==="light"||t==="dark")&&(document.documentElement.dataset.theme=t);
